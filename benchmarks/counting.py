"""How many statements a page takes. Asked for by a header, so that timed requests do not pay for the counting."""

from django.db import connection

UNCOUNTED = ("SET", "SAVEPOINT", "RELEASE", "ROLLBACK")


class _Counter:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):
        if not str(sql).lstrip().upper().startswith(UNCOUNTED):
            self.statements += 1
        return execute(sql, params, many, context)


class CountingMiddleware:
    """Stands outermost, so that session, person, organisation and rights count too."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        if "X-Count-Statements" not in request.headers:
            return self.get_response(request)
        counter = _Counter()
        with connection.execute_wrapper(counter):
            response = self.get_response(request)
        response["X-Statements"] = str(counter.statements)
        return response
