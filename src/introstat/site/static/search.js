// The search for a place answers while one types: a combobox with a list of places, none of them chosen until one is pointed
// at. Without this script the field is a plain form. The words come with the answers; nothing is kept, and nothing else asked.

const PAUSE = 120;

for (const form of document.querySelectorAll("[data-suggestions]")) {
  const source = new URL(form.dataset.suggestions, location.href);
  offerPlaces(form, source, async (asked, signal) => {
    const address = new URL(source);
    address.searchParams.set("sok", asked);
    const answer = await fetch(address, { signal });
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    return answer.json();
  });
}

// A copy of the site has no server to ask, and says so until its script is here.
for (const form of document.querySelectorAll("[data-finder]")) {
  const source = new URL(form.dataset.names, location.href);
  const { finder } = await import(new URL(form.dataset.finder, location.href));
  offerPlaces(form, source, finder(source));
  form.hidden = false;
  document.querySelector("[data-without-search]").hidden = true;
}

function offerPlaces(form, source, find) {
  const field = form.querySelector("input[name=sok]");
  const list = made("ul", { id: "sok-forslag", role: "listbox", "aria-label": form.dataset.suggestionsLabel });
  const note = made("div", { class: "suggestions-note", "aria-hidden": "true" });
  const offer = made("div", { class: "suggestions", hidden: "" });
  const status = made("div", { class: "ds-sr-only", role: "status" });
  let options = [];
  let pointed = -1;
  let pause = 0;
  let asking = new AbortController();

  field.list?.remove();
  field.removeAttribute("list");
  // A search field may not be a combobox, and some browsers empty one at Escape.
  field.type = "text";
  field.enterKeyHint = "search";
  set(field, {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  });
  offer.append(note, list);
  field.parentElement.append(offer);
  form.append(status);

  field.addEventListener("input", () => {
    forget();
    point(-1);
    pause = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act && !event.isComposing && !event.ctrlKey && !event.metaKey && act(event)) {
      event.preventDefault();
    }
  });
  field.addEventListener("blur", close);
  window.addEventListener("pagehide", close);
  // The field keeps the focus while a place is pressed.
  offer.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      go(options.indexOf(option));
    }
  });

  // What each key does; true where the browser is to do nothing more.
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ArrowLeft: () => point(-1),
    ArrowRight: () => point(-1),
    Home: () => point(-1),
    End: () => point(-1),
    Tab: () => close(),
    Enter: () => (pointed >= 0 ? go(pointed) : !field.form && choose()),
    Escape: () => {
      if (offer.hidden) {
        field.value = "";
        status.textContent = "";
      }
      close();
      return true;
    },
  };

  async function ask() {
    const asked = field.value.trim();
    if (!asked) {
      close();
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await find(asked, signal);
      if (!signal.aborted) {
        show(answer);
      }
    } catch {
      // An answer that comes too late is dropped; where none comes, the form is still there.
      if (!signal.aborted) {
        close();
      }
    }
  }

  function show({ told, note: above, places }) {
    point(-1);
    options = places.map((place, at) => {
      const option = made("li", { id: `${list.id}-${at}`, role: "option", "aria-selected": "false" });
      const name = made("span", { class: "suggestion-name" });
      place.names.forEach(([text, lang], nth) => {
        const one = made("span", lang ? { lang } : {});
        one.textContent = text;
        name.append(...(nth ? [" – ", one] : [one]));
      });
      option.append(name);
      for (const text of [place.about, place.why].filter(Boolean)) {
        const line = made("span", { class: "suggestion-about" });
        line.textContent = text;
        option.append(" ", line);
      }
      option.dataset.address = new URL(place.address, source).href;
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    note.textContent = above;
    offer.hidden = document.activeElement !== field || !(options.length || above);
    field.setAttribute("aria-expanded", String(!offer.hidden && options.length > 0));
    status.textContent = offer.hidden ? "" : told;
    // On a small screen the list would open below its edge.
    offer.scrollIntoView({ block: "nearest" });
  }

  function move(steps) {
    if (offer.hidden || options.length === 0) {
      forget();
      ask();
    } else {
      const from = pointed < 0 && steps < 0 ? 0 : pointed;
      point((from + steps + options.length) % options.length);
    }
    return true;
  }

  function point(at) {
    options[pointed]?.setAttribute("aria-selected", "false");
    pointed = at;
    const option = options[at];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    } else {
      field.removeAttribute("aria-activedescendant");
    }
    return false;
  }

  // Where there is no form to send: the only place of that name, or the first to be looked at.
  function choose() {
    forget();
    ask().then(() => {
      if (options.length === 1 && !note.textContent) {
        go(0);
      } else {
        point(0);
      }
    });
    return true;
  }

  function go(at) {
    const { address } = options[at].dataset;
    close();
    location.assign(address);
    return true;
  }

  function forget() {
    clearTimeout(pause);
    asking.abort();
  }

  function close() {
    forget();
    point(-1);
    options = [];
    offer.hidden = true;
    field.setAttribute("aria-expanded", "false");
    return false;
  }
}

function made(tag, attributes) {
  return set(document.createElement(tag), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  return element;
}
