/** The form of a song, asked of a network while it sings: the twin of `generate/lyrics/song_form.py`, which describes it. */

import { LINE, SONG } from "./vocabulary.js";

const PULL = 6,
  STEP = 2,
  EARLY = 5;

/** The stanzas of a song, each a list of lines, each a list of words; the last line is the one being sung. */
function stanzas(words) {
  const found = [[[]]];
  for (const word of words) {
    const stanza = found.at(-1);
    if (word !== LINE) stanza.at(-1).push(word);
    else if (stanza.at(-1).length) stanza.push([]);
    else if (stanza.length > 1) {
      stanza.pop();
      found.push([[]]);
    }
  }
  return found;
}

/** The number that must come after `words`, or undefined when there is a choice. SONG ends the song. */
export function forced(words, form) {
  const plan = form.split(" "),
    sung = stanzas(words),
    place = sung.length - 1,
    line = sung[place].at(-1);
  const lines = sung[place].length - 1;
  if (place >= plan.length) return SONG;
  if (!line.length && lines >= plan[place].length) return place + 1 < plan.length ? LINE : SONG;
  const before = plan.indexOf(plan[place]);
  if (plan[place] === plan[place].toLowerCase() || before === place || lines >= sung[before].length)
    return undefined;
  const again = [...sung[before][lines], LINE];
  return line.every((word, i) => word === again[i]) ? again[line.length] : undefined;
}

/** Would a new line after `words` end the last line of the form? */
export function isLast(words, form) {
  const plan = form.split(" "),
    sung = stanzas(words);
  return sung.length >= plan.length && sung.at(-1).length >= plan.at(-1).length;
}

/** Change the scores of the word after `words` to what the form asks for, in place. */
export function steer(words, scores, form, sounds) {
  const sung = stanzas(words),
    lines = sung.at(-1),
    line = lines.pop();
  scores[SONG] = -Infinity;
  if (!line.length) {
    for (let word = 0; word < scores.length; word++)
      if (word === LINE || sounds[word] < 0) scores[word] = -Infinity;
    return;
  }
  const last = (of) => of.findLast((word) => sounds[word] > 0);
  const letters = form.split(" ")[sung.length - 1] ?? "";
  const model = lines.findLast((_, i) => letters[i] && letters[i] === letters[lines.length]) ?? [],
    wanted = last(model);
  if (wanted === undefined) return;
  const late = line.length - model.length + EARLY,
    end = last(line),
    pull = Math.min(PULL, Math.max(0, STEP * late));
  const rhymes = (word) => sounds[word] === sounds[wanted] && word !== wanted;
  for (let word = 0; word < scores.length; word++) if (rhymes(word)) scores[word] += pull;
  if (end !== undefined && rhymes(end)) scores[LINE] += PULL;
  else if (late <= EARLY) scores[LINE] -= PULL;
}
