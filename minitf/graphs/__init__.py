"""Ops that are written down: what a graph knows of itself, and the one evaluator that runs it.

The second sitting, after `minitf/core/`: `inference`, `graph`, `interpret`, `stretches`,
`program`, `func_graph` and `loops`, in this order.
"""
