// What is read of a Markdown file: its code blocks, its links, its headings as a code host anchors them.

const FENCE = /^( *)(`{3,}|~{3,})(.*)$/;
// `[text](target)`, `![alt](target "title")`, and raw HTML; not what stands between back ticks.
const LINK = /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^()\s]+(?:\([^()]*\))?)((?:\s+"[^"]*")?)\)/g;
// The tags by which a page leads to files: a picture that differs in the dark has no other way.
const TAG = /<(?:img|source|a)\b[^<>]*>/g;
const TARGET = /(\s(?:src|srcset|href)=")([^"]+)(")/g;

/** The lines of a file, in stretches of text and of code. A code stretch has its info string, its first line, and what stands before it. */
export function stretchesOf(text) {
  const stretches = [];
  let lines = [];
  let fence = null;
  const end = (more) => {
    if (lines.length > 0 || more.kind === 'code') stretches.push({ lines, ...more });
    lines = [];
  };
  text.split('\n').forEach((line, i) => {
    const [, indent, marks, info] = FENCE.exec(line) ?? [];
    if (fence === null && marks !== undefined) {
      end({ kind: 'text' });
      fence = { marks, indent, info: info.trim(), line: i + 2 };
    } else if (fence !== null && marks?.startsWith(fence.marks) && info.trim() === '') {
      end({ kind: 'code', ...fence });
      fence = null;
    } else lines.push(line);
  });
  if (fence !== null) throw new Error(`the code block at line ${fence.line} has no end`);
  end({ kind: 'text' });
  return stretches;
}

/** The code blocks of a file: language, marks behind it, code, the line of its first line, and the file that it shows, if it does. */
export function blocksOf(text) {
  const stretches = stretchesOf(text);
  return stretches.flatMap((stretch, i) => {
    if (stretch.kind !== 'code') return [];
    const [language = '', ...marks] = stretch.info.split(/\s+/);
    const above = stretches[i - 1]?.lines.join('\n') ?? '';
    const [, file = null] = /<!-- ((?:examples|bench|test)\/\S+) -->\s*$/.exec(above) ?? [];
    return [{ language, marks, code: stretch.lines.join('\n'), line: stretch.line, file }];
  });
}

/** Every link and picture of a file. */
export function linksOf(text) {
  return stretchesOf(text)
    .filter(({ kind }) => kind === 'text')
    .map(({ lines }) => withoutInlineCode(lines.join('\n')))
    .flatMap((plain) => [
      ...[...plain.matchAll(LINK)].flatMap(([, bang, inner, href]) => [
        { href, isPicture: bang === '!', alt: inner },
        ...(bang === '' ? linksOf(inner) : []),
      ]),
      ...[...plain.matchAll(TAG)].flatMap(([tag]) => linksOfTag(tag)),
    ]);
}

/** A `source` is another form of the `img` beside it, which has the text. */
function linksOfTag(tag) {
  const [, alt = ''] = /\salt="([^"]*)"/.exec(tag) ?? [];
  return [...tag.matchAll(TARGET)].map(([, , href]) => ({ href, isPicture: tag.startsWith('<img'), alt }));
}

/** The file with each link's target replaced by what `map` makes of it. */
export function mapLinks(text, map) {
  return stretchesOf(text)
    .map((stretch) => {
      const { kind, lines, indent, marks, info } = stretch;
      if (kind === 'code') return [`${indent}${marks}${info}`, ...lines, `${indent}${marks}`].join('\n');
      return mapTags(mapInText(lines.join('\n'), map), map);
    })
    .join('\n');
}

function mapInText(text, map) {
  // Found where inline code cannot hide it, replaced in the text as it is.
  const found = [...withoutInlineCode(text).matchAll(LINK)];
  let mapped = '';
  let at = 0;
  for (const { index, 0: all, 1: bang, 2: inner, 3: href } of found) {
    const link = text.slice(index, index + all.length);
    const label = link.slice(bang.length + 1, bang.length + 1 + inner.length);
    const rest = link.slice(bang.length + 1 + inner.length).replace(href, () => map(href, bang === '!'));
    mapped += `${text.slice(at, index)}${bang}[${bang === '!' ? label : mapInText(label, map)}${rest}`;
    at = index + all.length;
  }
  return mapped + text.slice(at);
}

function mapTags(text, map) {
  const shown = withoutInlineCode(text);
  return text.replace(TAG, (tag, at) =>
    shown.startsWith(tag, at) ? tag.replace(TARGET, (_, before, href, after) => `${before}${map(href)}${after}`) : tag,
  );
}

function withoutInlineCode(text) {
  return text.replace(/`[^`\n]+`/g, (code) => '`'.padEnd(code.length, '.'));
}

/** The anchor of a heading, as code hosts make it. The site makes it in the same way, so that a link is good in both. */
export function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

export function anchorsOf(text) {
  const seen = new Map();
  return stretchesOf(text)
    .filter(({ kind }) => kind === 'text')
    .flatMap(({ lines }) => lines)
    .flatMap((line) => /^#{1,6} (.+?)(?: #+)?$/.exec(line)?.[1] ?? [])
    .map((heading) => {
      const plain = heading.replace(LINK, '$2').replaceAll('`', '');
      const base = slug(plain);
      const times = seen.get(base) ?? 0;
      seen.set(base, times + 1);
      return times === 0 ? base : `${base}-${times}`;
    });
}
