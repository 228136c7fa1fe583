"""No pages: tests bring their own, by pytest's mark urls."""

urlpatterns: list[object] = []
