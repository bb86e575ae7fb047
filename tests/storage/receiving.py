"""Another process that receives deliveries, and may be told to die: `python receiving.py all|sweep|state FIRST COUNT`.

`all` receives deliveries FIRST … FIRST+COUNT-1 in order. `sweep` receives each of them in a child that is killed (SIGKILL)
just before its first statement, then one that is killed before its second, and so on, until one gets through; after
each it prints what the register holds. `state` prints that and does nothing.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django
import orjson

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "introstat.desk.settings")
django.setup()

from django.db import connection, connections  # noqa: E402
from tests.made_register import WHEN, definitions, people  # noqa: E402

from introstat import register  # noqa: E402
from introstat.storage import deliveries  # noqa: E402
from introstat.storage.home import Home  # noqa: E402
from introstat.storage.keys import Keys  # noqa: E402
from introstat.storage.models import LedgerEntry, Person, PersonIndex  # noqa: E402
from introstat.storage.people import Ledger  # noqa: E402
from introstat.vocabulary.deliveries import Delivery  # noqa: E402


def delivery(number: int) -> Delivery:
    """The same few people every time, some new, some changed, one who is closed by the register, one row rejected."""
    rows = [
        {
            "national_id": f"{number + extra:011d}",
            "duf_number": f"{200000000000 + number + extra}",
            "citizenship": "SYR" if extra else "ERI",
            "planned_end_date": "2016-03-01" if extra == 1 else None,
        }
        for extra in range(4)
    ]
    return people(*rows, rejected=[{"fodselsnummer": f"{number + 4:011d}"}], received=WHEN + timedelta(days=number))


def receive(ledger: Ledger, number: int) -> None:
    made = delivery(number)
    with ledger.writing() as session:
        posting = register.post(
            made,
            earlier=session.histories(made.received),
            definitions=definitions(),
            at=made.received,
            actor="tester",
            delivery_id=session.next_delivery_id(made.year),
        )
        session.record(made, posting, at=made.received, actor="tester", next_deadline=None)


def state(keys: Keys) -> dict[str, Any]:
    """What the register holds, in a form that two registers with the same deliveries have in common."""
    histories = Ledger(keys).histories(WHEN + timedelta(days=1000))
    tables = (histories.programmes, histories.reporting)
    known = [
        [line.id, deliveries.receipt_to_json(deliveries.receipt(line.id)).decode(), deliveries.rejected(line.id, keys)]
        for line in deliveries.listed()
    ]
    counts = [model.objects.count() for model in (LedgerEntry, Person, PersonIndex)]
    said = repr([[sorted(map(repr, table.to_pylist())) for table in tables], known, counts, histories.received])
    return {
        "digest": hashlib.sha256(said.encode()).hexdigest(),
        "deliveries": len(known),
        "verified": Ledger(keys).verify_chain() == counts[0],
    }


def in_child(work: Callable[[], None]) -> bool:
    """Do something in a process of its own; false when that was killed."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    if status:
        raise RuntimeError("the child failed")
    return True


def receive_and_die_at(keys: Keys, number: int, statement: int) -> None:
    left = statement

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        receive(Ledger(keys), number)
    connections.close_all()


def say(what: object) -> None:
    sys.stdout.write(orjson.dumps(what).decode() + "\n")
    sys.stdout.flush()


def sweep(keys: Keys, number: int) -> None:
    statement = 1
    while True:
        through = in_child(partial(receive_and_die_at, keys, number, statement))
        say([through, state(keys)])
        if through:
            return
        statement += 1


def main() -> None:
    keys = Keys.open(Home.from_environment().keys)
    how, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    ledger = Ledger(keys)
    for number in range(first, first + count):
        match how:
            case "sweep":
                sweep(keys, number)
            case "all":
                receive(ledger, number)
                say(number)
            case _:
                break
    if how == "state":
        say(state(keys))


if __name__ == "__main__":
    main()
