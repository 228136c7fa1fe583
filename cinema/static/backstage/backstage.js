// The drawer works without this file: the switch is then a link to a page of its own.
(() => {
  "use strict";
  const OPEN = "backstage-open";
  const drawer = () => document.querySelector("#backstage > details");
  let asFirstMade = "";

  // Where there is room beside it, the drawer stays open from page to page.
  const roomy = window.matchMedia("(min-width: 60rem)");
  if (roomy.matches && sessionStorage.getItem(OPEN) && drawer()) drawer().open = true;
  document.addEventListener("toggle", (event) => {
    if (event.target !== drawer()) return;
    if (event.target.open) sessionStorage.setItem(OPEN, "1");
    else sessionStorage.removeItem(OPEN);
  }, true);

  const fill = (versus, html) => {
    versus.innerHTML = html;
    versus.removeAttribute("aria-busy");
    versus.querySelector(".bs-switch")?.focus();
  };

  const turnOn = async (versus, address) => {
    if (versus.getAttribute("aria-busy")) return;
    const note = versus.querySelector(".bs-invitation");
    asFirstMade = versus.innerHTML;
    versus.setAttribute("aria-busy", "true");
    note.textContent = versus.dataset.busy;
    try {
      const response = await fetch(address, { headers: { "X-Backstage": "1" } });
      if (!response.ok) throw new Error(response.status);
      fill(versus, await response.text());
    } catch {
      versus.removeAttribute("aria-busy");
      note.textContent = versus.dataset.failed;
    }
  };

  const flip = (control) => {
    const versus = control.closest("#backstage-versus");
    if (control.getAttribute("aria-checked") === "false") turnOn(versus, control.href);
    else fill(versus, asFirstMade);
  };

  document.addEventListener("click", (event) => {
    const control = event.target.closest("#backstage .bs-switch");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    flip(control);
  });

  document.addEventListener("keydown", (event) => {
    const control = event.target.closest?.("#backstage .bs-switch");
    if (event.key === " " && control) {
      event.preventDefault();
      flip(control);
    }
    if (event.key === "Escape" && !event.defaultPrevented && drawer()?.open) {
      drawer().open = false;
      drawer().querySelector("summary").focus();
    }
  });
})();
