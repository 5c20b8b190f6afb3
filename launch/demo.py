"""Whether the database is still without organisations. Run by the virtual environment's Python."""

import os
import sys

LOG_INS = """\
Log-ins (password evergreen-demo):
  常青演示公司  rep@demo.example     service@demo.example     manager@demo.example     admin@demo.example
  Globex       rep@globex.example   service@globex.example   manager@globex.example   admin@globex.example"""


FIRST_STEPS = """\
The first organisation and its administrator are made with:
  .venv/bin/python manage.py create_organization --help"""


def is_empty(url):
    import psycopg2

    server = psycopg2.connect(url, connect_timeout=10)
    try:
        with server.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM tenancy_organization)")
            return cursor.fetchone()[0]
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(0 if is_empty(os.environ["DATABASE_OWNER_URL"]) else 1)
