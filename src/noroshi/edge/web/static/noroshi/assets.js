// Uploads with progress, and files that are dropped. Without this script the form is sent as it is.
"use strict";

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]") || form;
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("[data-said]");
  const button = form.querySelector("button.primary");
  for (const hint of form.querySelectorAll("[data-drop-hint]")) hint.hidden = false;

  const over = (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.addEventListener("dragenter", over);
  drop.addEventListener("dragover", over);
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.focus();
  });

  const rest = (text) => {
    button.disabled = false;
    said.textContent = text;
  };

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.value = Math.floor((100 * sent.loaded) / sent.total);
      said.textContent = `${said.dataset.sending} ${bar.value} %`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = said.dataset.reading;
    });
    request.addEventListener("error", () => rest(said.dataset.failed));
    request.addEventListener("load", () => answered(request));
    shown.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}

// Done: to the page that says so. Refused: the page that came back says why, in place of this one.
// Signed out meanwhile: to where the request was led.
function answered(request) {
  const place = request.getResponseHeader("X-Place");
  if (place) {
    location.assign(place);
  } else if (request.status < 400) {
    location.assign(request.responseURL);
  } else {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const came = page.querySelector("main");
    if (!came) return location.reload();
    document.querySelector("main").replaceWith(came);
    document.title = page.title;
    came.querySelectorAll("form[data-upload]").forEach(prepare);
    const wrong = came.querySelector("[aria-invalid], [role=alert]") || came;
    wrong.focus();
  }
}

document.querySelectorAll("form[data-upload]").forEach(prepare);
