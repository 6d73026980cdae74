// The next item is on the page before it is asked for; a decision is shown as done at once and sent behind it. What could not be
// sent waits here, in order, and is sent again: a decision names the one that it replaces, so that none is kept twice.
"use strict";
(() => {
  const stage = document.getElementById("stage");
  if (!stage) return;
  const words = document.body.dataset;
  const status = document.getElementById("status");
  const alarm = document.getElementById("alarm");
  const shortcuts = document.getElementById("shortcuts");
  const waiting = [];
  let sending = false;
  let ahead = null; // {html, path} of the item after this one, null: not there yet, "none": nothing is left
  let showNext = false; // a decision was made and the next item is not there yet
  document.body.classList.add("scripted");

  const article = () => stage.querySelector("article");
  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  function tell(text, link) {
    alarm.textContent = text;
    if (link) {
      const there = document.createElement("a");
      there.href = link;
      there.textContent = words.look;
      alarm.append(" ", there);
    }
    alarm.hidden = !text;
  }

  async function look() {
    const current = article();
    if (!current) return;
    const query = new URLSearchParams();
    query.append("except", current.dataset.item);
    for (const one of waiting) query.append("except", one.body.get("item"));
    const item = current.dataset.item;
    try {
      const answer = await fetch(`/queue/${current.dataset.queue}/fragment?${query}`);
      if (article().dataset.item !== item) return;
      if (answer.status === 204) ahead = "none";
      else if (answer.ok) ahead = { html: await answer.text(), path: answer.headers.get("x-next") };
      stage.toggleAttribute("data-ahead", ahead !== null);
    } catch {
      ahead = null; // it is looked for again when the decision is sent
    }
  }

  function show(next) {
    stage.innerHTML = next.html; // our own page's part, escaped by the server; the policy lets no script in it run
    history.pushState({}, "", next.path);
    ahead = null;
    stage.removeAttribute("data-ahead");
    showNext = false;
    stage.querySelector("h1").focus();
    window.scrollTo(0, 0);
    look();
  }

  async function goOn(queue) {
    if (ahead === null) await look();
    if (ahead === "none") {
      if (!waiting.length) location.href = `/queue/${queue}/nothing`;
    } else if (ahead) show(ahead);
  }

  async function newToken() {
    try {
      const page = await (await fetch("/history")).text();
      const field = new DOMParser().parseFromString(page, "text/html").querySelector("input[name=csrf]");
      return field ? field.value : "";
    } catch {
      return "";
    }
  }

  async function send() {
    if (sending) return;
    sending = true;
    let delay = 1;
    while (waiting.length) {
      const one = waiting[0];
      let answer = null;
      try {
        answer = await fetch("/decide", { method: "POST", body: one.body, headers: { accept: "application/json" }, keepalive: true });
      } catch {
        answer = null;
      }
      if (answer && answer.ok) {
        waiting.shift();
        delay = 1;
        tell("");
        status.textContent = words.saved;
        continue;
      }
      if (answer && (answer.status === 401 || answer.status === 403)) {
        const token = await newToken();
        if (token && token !== one.body.get("csrf")) {
          for (const other of waiting) other.body.set("csrf", token);
          for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
          continue;
        }
        tell(words.over);
      } else if (answer && answer.status < 500 && answer.status !== 429) {
        waiting.shift();
        const reason = await answer.json().then((body) => body.error.message, () => "");
        tell(`${words.refused} ${reason}`, one.path);
        continue;
      } else tell(words.lost);
      await pause(delay);
      delay = Math.min(delay * 2, 10);
    }
    sending = false;
    if (showNext) {
      ahead = null;
      goOn(article().dataset.queue);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "undo" && waiting.length) {
      event.preventDefault();
      tell(words.waiting);
      return;
    }
    if (!form.classList.contains("decision")) return;
    const field = form.querySelector("textarea");
    const action = event.submitter ? event.submitter.value : "";
    const changed = field && (field.value !== field.defaultValue || form.querySelector("[data-changed]"));
    // The server asks which of the two was meant; and one that is empty it refuses.
    if ((action === "accept" && changed) || (action === "edit" && !field.value.trim())) return;
    event.preventDefault();
    if (showNext) return;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    waiting.push({ body, path: location.pathname + location.search });
    showNext = true;
    status.textContent = "";
    send();
    if (ahead && ahead !== "none") show(ahead);
  });

  window.addEventListener("popstate", () => location.reload());
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
  window.addEventListener("online", () => tell(waiting.length ? words.lost : ""));

  try {
    shortcuts.checked = localStorage.getItem("shortcuts") !== "off";
  } catch { /* a browser that keeps nothing */ }
  shortcuts.addEventListener("change", () => {
    try {
      localStorage.setItem("shortcuts", shortcuts.checked ? "on" : "off");
    } catch { /* the same */ }
  });

  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest("textarea, input:not([type=checkbox]), select");
    if (inField) {
      if (event.key === "Escape") event.target.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
        event.preventDefault();
        stage.querySelector("[data-save]").click();
      }
      return;
    }
    if (!shortcuts.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (!/^[a-z0-9]$/.test(key)) return;
    const element = document.querySelector(`[data-key="${key}"]`);
    if (!element) return;
    event.preventDefault();
    if (element.matches("summary")) {
      element.parentElement.open = true;
      stage.querySelector("textarea").focus();
    } else element.click();
  });

  look();
})();
