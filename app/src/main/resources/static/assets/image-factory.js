// Keeps the list fresh and follows a build's log. Texts are only ever set as text.
"use strict";

// Takes the named parts of this page anew from the server.
async function refresh(...ids) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected) {
    location.reload(); // signed out meanwhile
    return;
  }
  if (!answer.ok) {
    return; // the next look may do better
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const fresh = page.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old && fresh.innerHTML !== old.innerHTML) {
      old.replaceWith(document.adoptNode(fresh));
    }
  }
}

const quietly = () => undefined;

if (document.querySelector("[data-refresh=list]")) {
  setInterval(() => {
    const busy = document.querySelector("#live a:focus, #live a:active");
    if (!document.hidden && !busy && getSelection().isCollapsed) {
      refresh("live").catch(quietly);
    }
  }, 4000);
}

const log = document.getElementById("log");
if (log) {
  const said = document.getElementById("log-state");
  const events = new EventSource(log.dataset.events);
  let step = null;

  events.addEventListener("open", () => {
    said.textContent = "live";
  });
  events.addEventListener("error", () => {
    said.textContent = "connection lost, trying again";
  });
  events.addEventListener("log", (event) => {
    const part = JSON.parse(event.data);
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 40;
    if (part.step !== step) {
      step = part.step;
      const name = document.createElement("b");
      name.textContent = step;
      log.append(name);
    }
    log.append(part.text);
    if (atEnd) {
      log.scrollTop = log.scrollHeight;
    }
  });
  events.addEventListener("state", () => {
    if (document.querySelector("#facts[data-open=true]")) {
      refresh("facts", "more").catch(quietly);
    }
  });
  events.addEventListener("end", () => {
    events.close();
    said.textContent = log.textContent ? "complete" : "no log was written";
    if (document.querySelector("#facts[data-open=true]")) {
      refresh("facts", "more").catch(quietly);
    }
  });
}
