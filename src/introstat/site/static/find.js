// In a copy of the site without a server, the search for a place looks through a file of names by the rules of the server's.

export function finder(address) {
  let read;
  return async (asked) => {
    read ??= fetch(address).then((answer) => answer.json());
    const index = await read;
    const found = search(index, asked);
    const { words, most } = index;
    const [told, note] = said(found, words, most);
    const places = found.slice(0, most).map(({ place, why }) => ({ ...index.places[place], why }));
    return { told, note, places };
  };
}

function said(found, words, most) {
  if (found.length === 0) {
    return [words.none, words.none];
  }
  if (found.length > most) {
    return [words.first, words.first];
  }
  const many = found.length === 1 ? words.one : words.many.replace("{count}", found.length);
  return found.every(({ isNear }) => isNear) ? [`${words.near} ${many}`, words.near] : [many, ""];
}

const isWhole = (name, wanted) => name === wanted;
const begins = (name, wanted) => name.startsWith(wanted);
const holds = (name, wanted) => wanted.length > 1 && name.includes(wanted);
const isNumber = (text) => /^[0-9]+$/.test(text);

function search(index, asked) {
  const { names, others } = index;
  const wanted = folded(asked, index);
  if (!wanted) {
    return [];
  }
  if (isNumber(wanted)) {
    return once([isWhole, begins].flatMap((fits) => {
      const [own, also] = [names, others].map((all) => all.filter(([name]) => isNumber(name) && fits(name, wanted)));
      return hits(own.length ? own : also);
    }));
  }
  let found = [];
  for (const fits of [isWhole, begins, holds]) {
    const own = names.filter(([name]) => fits(name, wanted));
    const also = others.filter(
      ([name, , why]) => fits(name, wanted) && !(found.length && name === wanted) && !(own.length && fits === isWhole && why),
    );
    found = found.concat(inOrder(hits([...own, ...also]), index));
    if (found.length && fits !== isWhole) {
      return once(found);
    }
  }
  return found.length ? found : inOrder(near(wanted, index), index);
}

function near(wanted, { names, others, words }) {
  const most = wanted.length <= 4 ? 1 : wanted.length <= 8 ? 2 : 3;
  const measured = [...names, ...others]
    .filter(([name]) => !isNumber(name) && wanted.length >= 3 && Math.abs(name.length - wanted.length) <= most)
    .map((entry) => [distance(wanted, entry[0]), entry]);
  const fewest = Math.min(most, ...measured.map(([changes]) => changes));
  return measured
    .filter(([changes]) => changes === fewest)
    .map(([, [, place, why, text]]) => ({ place, why: why || words.like.replace("{name}", text), isNear: true }));
}

// How many letters are added, left out, exchanged or swapped with their neighbour.
function distance(first, second) {
  let older = [];
  let before = [];
  let row = Array.from({ length: second.length + 1 }, (_, at) => at);
  for (let i = 0; i < first.length; i += 1) {
    [older, before, row] = [before, row, [i + 1]];
    for (let j = 0; j < second.length; j += 1) {
      const isSwapped = i > 0 && j > 0 && first[i] === second[j - 1] && first[i - 1] === second[j];
      const exchanged = before[j] + (first[i] === second[j] ? 0 : 1);
      row.push(Math.min(before[j + 1] + 1, row[j] + 1, exchanged, isSwapped ? older[j - 1] + 1 : Infinity));
    }
  }
  return row.at(-1);
}

function hits(entries) {
  return entries.map(([, place, why]) => ({ place, why, isNear: false }));
}

// The places stand in the order of the search: its own names first, larger places first, then the alphabet.
function inOrder(found, { doubles }) {
  const all = once(found);
  const there = new Set(all.map(({ place }) => place));
  return all
    .filter(({ place }) => !there.has(doubles[place]))
    .sort((one, other) => (one.isNear ? 0 : Boolean(one.why) - Boolean(other.why)) || one.place - other.place);
}

function once(found) {
  const seen = new Set();
  return found.filter(({ place }) => !seen.has(place) && seen.add(place));
}

function folded(text, { letters, kinds }) {
  const exchanged = (plain) => Array.from(plain, (sign) => letters[sign] ?? sign).join("");
  const plain = exchanged(exchanged(text.toLowerCase()).normalize("NFKD").replace(/\p{M}/gu, ""));
  const tidy = (words) => words.trim().replace(/\s+/g, " ");
  return tidy(plain.replace(new RegExp(kinds, "g"), " ")) || tidy(plain);
}
