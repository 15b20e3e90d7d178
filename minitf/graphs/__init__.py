"""Ops that are written down: what a graph knows of itself, and the one evaluator that runs it.

The second sitting, after `minitf/core/`: `graph`, `inference`, `interpret`, `stretches`,
`func_graph` and `loops`, in this order.
"""
