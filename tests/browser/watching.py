"""Listens to a page for everything that a good page does not do."""

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, Request

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


class Watch:
    def __init__(self, site: str) -> None:
        self.site = site
        self.complaints: list[str] = []

    def over(self, page: Page) -> None:
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("dialog", self._dialog)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # Chromium counts a page that is an error page, such as the 404, among the errors.
        if "status of 404" in message.text and "/static/" not in message.location["url"]:
            return
        # So does htmx a request that a newer one of the same form took the place of.
        if message.text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
            return
        self.complaints.append(f"{message.location['url']}: {message.text}")

    def _error(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.complaints.append(f"asked for {request.url}")
