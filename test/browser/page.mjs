// The page: esbuild bundles it, and `crunch.mjs` as a module of its own beside it.

import { program } from './program.mjs';

// Both forms: a URL, and what bundlers look for.
const url = new URL('./crunch.js', import.meta.url);
let made = 0;
const source = () => {
  made++;
  return new globalThis.Worker(new URL('./crunch.js', import.meta.url), { type: 'module' });
};

globalThis.run = async () => {
  const byUrl = await program(url, new URL('./missing.js', import.meta.url));
  const byFunction = await program(source, new URL('./missing.js', import.meta.url));
  return { byUrl, byFunction, made };
};
