"""What every page with a form does."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What binds a form: an empty post is a post all the same."""
    return request.POST if request.method == "POST" else None


def status_of(request: HttpRequest) -> int:
    """A form that comes back is not a success: scripts and tests can tell."""
    return 422 if request.method == "POST" else 200
