"""Pages are personal: neither a proxy nor the browser keeps a copy, so that going back after sign-out shows nothing."""


class PrivatePagesMiddleware:
    """Answers that say nothing about caching must not be stored. Static files are served further out."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
