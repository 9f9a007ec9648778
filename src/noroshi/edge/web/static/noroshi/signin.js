// What only works with a script is shown where there is one; a key that does not answer is spoken of.
document.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.getElementById("key-trouble");
  trouble.hidden = false;
  trouble.focus();
});
