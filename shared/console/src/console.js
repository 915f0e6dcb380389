// What is nicer with a script; every page works without it.
"use strict";

// A link that asks before something is sent opens in a dialog over its page.
const opened = () => document.querySelector("dialog.confirm");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || innerWidth < 640) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-label", link.textContent);
  const frame = document.createElement("iframe");
  frame.title = link.textContent;
  frame.src = `${link.href}?in=dialog`;
  dialog.append(frame);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  frame.addEventListener("load", () => frame.focus());
});

// Inside of it, Escape and "Not now" close it.
if (parent !== window && document.body.classList.contains("in-dialog")) {
  const close = () => parent.document.querySelector("dialog.confirm")?.close();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("form.send a");
    if (!link) return;
    event.preventDefault();
    close();
  });
}

// What is wrong with a field stands beside it too.
function beside(items) {
  for (const item of items) {
    const field = document.getElementById(decodeURIComponent(item.hash.slice(1)));
    if (!field) continue;
    const note = document.createElement("p");
    note.className = "mistake";
    note.id = `${field.id}-mistake`;
    note.textContent = item.parentElement.textContent.replace(`${item.textContent}: `, "");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
    field.after(note);
  }
}
beside(document.querySelectorAll("#errors a"));
if (parent === window) document.getElementById("errors")?.focus();

// The time where the meeting is, as its zone is typed.
for (const zone of document.querySelectorAll("form[data-zoned] #timezone")) {
  const there = zone.form.querySelector("[data-there]");
  const tell = () => {
    try {
      const options = { timeZone: zone.value, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      there.textContent = zone.value ? `There it is now ${new Intl.DateTimeFormat("en-GB", options).format(new Date())}.` : "";
    } catch {
      there.textContent = "No such time zone. They look like Europe/Berlin.";
    }
  };
  zone.addEventListener("input", tell);
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || event.submitter?.formTarget) return;
  if (form.dataset.sent) event.preventDefault();
  else if (form.method === "post") form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A template's preview follows what is typed, and says beside a field what is wrong.
const editor = document.querySelector("form[data-template]");
if (editor) {
  let waiting;
  let shown = editor.querySelector("[data-preview]");
  const show = () => shown && editor.requestSubmit(shown);
  editor.addEventListener("input", (event) => {
    shown = event.target.closest("details.panel")?.querySelector("[data-preview]") ?? shown;
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
  document.querySelector("iframe.preview").addEventListener("load", (event) => {
    for (const old of editor.querySelectorAll(".mistake")) old.remove();
    for (const old of editor.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
    const wrong = event.target.contentDocument.querySelectorAll("#errors a");
    beside(wrong);
    const count = wrong.length;
    document.querySelector("[data-preview-status]").textContent = count ? `Preview: ${count} to mend` : "The preview has changed";
  });
  // Sections that are open stay so when one is added or removed.
  editor.addEventListener("submit", () => {
    const open = [...editor.querySelectorAll("details[data-config][open]")];
    editor.elements._open.value = open.map((section) => section.dataset.config).join() || "-";
  });
  show();
}

// Colours can be picked too.
for (const field of document.querySelectorAll("input[data-colour]")) {
  const picker = document.createElement("input");
  picker.type = "color";
  picker.setAttribute("aria-label", `Pick: ${field.labels[0].textContent}`);
  const show = () => {
    const colour = field.value.trim() || field.placeholder;
    if (/^#[0-9a-f]{6}$/i.test(colour)) picker.value = colour;
  };
  field.addEventListener("input", show);
  picker.addEventListener("input", () => {
    field.value = picker.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  show();
  field.before(picker);
}
