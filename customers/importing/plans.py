"""How PostgreSQL goes about the checks behind foreign keys when a batch is committed.

They run on plans that a session keeps. One made while the registry held a dozen rows takes any index that begins with the
organisation, and goes on reading all of the organisation's rows for every key while an import makes them a hundred thousand:
milliseconds a row. `customers_know_size` counts a small registry anew, which also throws those plans away.
"""

from django.db import connection


def counts_anew(number: int) -> bool:
    """After the batches 0, 1, 3, 7, … : each time the registry may have doubled."""
    return number & (number + 1) == 0


def end_batch(number: int) -> None:
    """After the writing of batch `number` (0, 1, 2, …) of a job, before its keys are checked at the commit."""
    with connection.cursor() as cursor:
        # Its checkpoint goes with it: what a failing server forgets is done again. The end of the job waits for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")
    if counts_anew(number):
        with connection.cursor() as cursor:
            cursor.execute("SELECT customers_know_size()")
