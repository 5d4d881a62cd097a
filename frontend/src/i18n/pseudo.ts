/** Makes a text look foreign and a third longer, yet readable: what stays plain on a page was not translated. */

const PLAIN = 'abcdefghijklmnopqrstuvwxyzACDEGHIKLNORSTUYZ';
const ACCENTED = 'àƀćđéƒǵĥíĵķĺɱñóƥɋŕśţúṽŵẋýžÀĆĐÉǴĤÍĶĹÑÓŔŚŢÚÝŽ';

type Texts = { [key: string]: string | Texts };

export function pseudoTexts(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, typeof value === 'string' ? pseudo(value) : pseudoTexts(value)]),
  );
}

export function pseudo(text: string): string {
  // {{variables}}, $t(references) and <tags> stay as they are.
  const parts = text.split(/(\{\{.*?\}\}|\$t\(.*?\)|<[^>]*>)/);
  const changed = parts.map((part, index) => (index % 2 ? part : [...part].map(accent).join('')));
  return `⟦${changed.join('')}${'·'.repeat(Math.ceil(text.length / 3))}⟧`;
}

function accent(letter: string): string {
  const place = PLAIN.indexOf(letter);
  return place < 0 ? letter : ([...ACCENTED][place] ?? letter);
}
