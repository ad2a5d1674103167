"use strict";
// Filtering, and cases that open and close. Without this script every case is open and nothing is hidden.
const controls = document.getElementById("controls");
const count = document.getElementById("count");
const cases = [...document.querySelectorAll("details.case")];
const words = new Map(cases.map((one) => [one, one.textContent.toLowerCase()]));

function filter() {
  const wanted = [...controls.querySelectorAll("select")].filter((select) => select.value);
  const typed = controls.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const one of cases) {
    one.hidden = !(
      wanted.every((select) => one.dataset[select.name] === select.value) &&
      typed.every((word) => words.get(one).includes(word))
    );
    shown += one.hidden ? 0 : 1;
  }
  count.textContent = `${shown} of ${cases.length} cases`;
}

function openAll(open) {
  for (const one of cases) if (!one.hidden) one.open = open;
}

function openNamed() {
  const named = document.getElementById(location.hash.slice(1))?.closest("details.case");
  if (!named) return;
  named.hidden = false;
  named.open = true;
}

controls.hidden = false;
controls.addEventListener("input", filter);
controls.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("open-all").addEventListener("click", () => openAll(true));
document.getElementById("close-all").addEventListener("click", () => openAll(false));
addEventListener("hashchange", openNamed);
addEventListener("beforeprint", () => openAll(true));
openAll(false);
filter();
openNamed();
