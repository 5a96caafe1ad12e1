// Text that came from elsewhere, a name say, as it is shown: what would steer a terminal, hide or turn round what stands beside
// it, or is no character at all (XML has no place for those) is escaped. Escaping twice changes nothing.

/** Control characters, line separators, halves of pairs, marks of direction, and what is no character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}\ufffe\uffff]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What most names are: told in a tenth of the time. */
const PLAIN = /^[ -~]*$/;

export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNPRINTABLE, (letter) => SHORT[letter] ?? escaped(letter.charCodeAt(0)));
}

function escaped(code: number): string {
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
