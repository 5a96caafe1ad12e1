// The editor: CodeMirror, in the site's colours. Tab indents in it; Escape, then Tab, leaves it, as CodeMirror has it.

import { indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';

export interface Editor {
  set(text: string): void;
  /** Marks the line, from 1, that is wrong; null: none is. */
  markLine(line: number | null): void;
  destroy(): void;
}

const mark = StateEffect.define<number | null>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, { effects, state, changes }) {
    const effect = effects.find((one) => one.is(mark));
    if (effect === undefined) return value.map(changes);
    const line = effect.value as number | null;
    if (line === null || line < 1 || line > state.doc.lines) return Decoration.none;
    return Decoration.set([Decoration.line({ class: 'cm-wrong' }).range(state.doc.line(line).from)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const colours = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--vp-c-bg)', color: 'var(--vp-c-text-1)' },
  '.cm-scroller': { fontFamily: 'var(--vp-font-family-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--vp-c-text-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--vp-c-text-1)' },
  '.cm-gutters': { backgroundColor: 'var(--vp-c-bg-alt)', color: 'var(--vp-c-text-2)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--vp-c-default-soft)' },
  '.cm-wrong': { backgroundColor: 'var(--vp-c-danger-soft) !important' },
  '&.cm-focused': { outline: '2px solid var(--vp-c-brand-1)' },
  '.cm-tooltip': { backgroundColor: 'var(--vp-c-bg-elv)', color: 'var(--vp-c-text-1)' },
});

// Colours that are read on light and on dark: the site's own.
const words = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--play-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--play-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--play-number)' },
  { tag: [tags.comment], color: 'var(--vp-c-text-2)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--play-function)' },
  { tag: [tags.typeName, tags.className], color: 'var(--play-type)' },
]);

export function makeEditor(parent: HTMLElement, changed: (text: string) => void, run: () => void): Editor {
  const view = new EditorView({
    parent,
    extensions: [
      keymap.of([{ key: 'Mod-Enter', run: () => (run(), true) }, indentWithTab]),
      basicSetup,
      javascript({ typescript: true }),
      syntaxHighlighting(words),
      colours,
      marked,
      EditorView.contentAttributes.of({ 'aria-label': 'Program', tabindex: '0' }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) changed(state.doc.toString());
      }),
    ],
  });
  return {
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    markLine: (line) => view.dispatch({ effects: mark.of(line) }),
    destroy: () => view.destroy(),
  };
}
