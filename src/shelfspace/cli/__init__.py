"""The command line: parse, call a task, render. A contract that scripts depend on.

Standard output holds results and nothing else; whatever is said along the way goes to standard error. The
exit code is 0 when done, 1 when refused with a reason, 2 for a command line that makes no sense. Commands
import what they need when they run, so that `--help` is instant.
"""

from shelfspace.cli.app import app, main

__all__ = ["app", "main"]
