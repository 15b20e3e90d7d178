"""What AutoGraph's converted code calls for its statements, and for what decides in them.

They do what Python does where the condition has a value, and write control flow down where it is
symbolic. The variables that a statement changes are its state: `get_state()` reads them, and
`set_state(values)` puts others in their place.
"""

from minitf.statements.branches import and_, if_exp, if_stmt, not_, or_
from minitf.statements.loops import for_stmt, while_stmt
