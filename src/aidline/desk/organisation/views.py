from django.http import HttpResponse

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can


@requires(Can.RUN_ORGANISATION)
def centres(request: StaffRequest) -> HttpResponse:
    return HttpResponse("")


@requires(Can.RUN_ORGANISATION)
def staff(request: StaffRequest) -> HttpResponse:
    return HttpResponse("")
