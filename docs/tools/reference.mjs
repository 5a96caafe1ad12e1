// The reference: what TypeDoc finds in the published types of every entry, as Markdown, below `.site/reference`.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Application } from 'typedoc';
import { docs, pages, root } from './pages.mjs';
import { site } from './stage.mjs';

/** `rxsluice/testing` → the types that it publishes. */
export function entries() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => target.import)
    .map(([key, target]) => ({ entry: key.replace('.', name), types: join(root, target.import.types) }));
}

/** Writes the reference. @throws Error that tells what TypeDoc had to say, if that was anything */
export async function reference() {
  const out = join(site, 'reference');
  const all = entries();
  const app = await Application.bootstrapWithPlugins({
    entryPoints: all.map(({ types }) => types),
    tsconfig: join(docs, 'tsconfig.reference.json'),
    plugin: ['typedoc-plugin-markdown'],
    name: 'Reference',
    readme: 'none',
    out,
    disableSources: true,
    disableGit: true,
    githubPages: false,
    excludeExternals: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    entryFileName: 'index',
    useCodeBlocks: true,
    parametersFormat: 'table',
    propertiesFormat: 'table',
    enumMembersFormat: 'table',
    typeDeclarationFormat: 'table',
    classPropertiesFormat: 'list',
    logLevel: 'Warn',
    // Errors that only a platform's own types mention are theirs.
    validation: { invalidLink: true, notExported: false, notDocumented: false },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc could not read the types');
  const names = new Map(all.map(({ entry, types }) => [types, entry]));
  for (const child of project.children ?? []) {
    const types = [...names.keys()].find(
      (path) => path.endsWith(`${child.name}.d.ts`) || path.includes(`/${child.name}/`),
    );
    child.name = names.get(types) ?? child.name;
  }
  app.validate(project);
  await app.generateOutputs(project);
  leadToPages(out);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('typedoc complained; see above');
  return out;
}

/** TypeDoc keeps a copy of every file that a comment leads to. Of a page there is one in the site already. */
function leadToPages(out) {
  const known = new Map(pages().map(({ source, address }) => [posix.basename(source), address]));
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    const path = join(out, name);
    if (!name.endsWith('.md')) continue;
    if (name.startsWith('_media')) rmSync(path);
    else {
      const text = readFileSync(path, 'utf8');
      const led = text.replace(/\]\((?:\.\.\/)*_media\/([\w-]+\.md)/g, (link, page) =>
        known.has(page) ? `](/${known.get(page)}.md` : link,
      );
      if (led !== text) writeFileSync(path, led);
    }
  }
}

/** The sidebar of the reference: each entry, its kinds of things, their names. */
export function referenceSidebar() {
  const home = join(site, 'reference');
  if (!existsSync(home)) return [];
  const namesIn = (folder, address) =>
    readdirSync(join(home, folder))
      .filter((file) => file.endsWith('.md') && file !== 'index.md')
      .map((file) => file.replace(/\.md$/, ''))
      .sort((a, b) => a.localeCompare(b, 'en'))
      .map((name) => ({ text: name, link: `${address}/${name}` }));
  return entries().map(({ entry }) => {
    const address = `/reference/${entry}`;
    const kinds = KINDS.filter((kind) => existsSync(join(home, entry, kind)));
    const items = kinds.map((kind) => {
      const text = kind.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
      return { text, collapsed: true, items: namesIn(join(entry, kind), `${address}/${kind}`) };
    });
    // A group that folds is no link besides: one thing cannot be two to a keyboard.
    return {
      text: entry,
      collapsed: entry !== 'rxsluice',
      items: [{ text: 'Overview', link: `${address}/` }, ...items],
    };
  });
}

const KINDS = ['functions', 'classes', 'interfaces', 'type-aliases', 'variables'];
