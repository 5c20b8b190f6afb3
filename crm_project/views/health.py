from django.http import JsonResponse


def healthz(request):
    return JsonResponse({"status": "alive"})


def readyz(request):
    return JsonResponse({"status": "ready"})
