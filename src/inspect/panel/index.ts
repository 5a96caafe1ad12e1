// The panel: everything that `rxsluice/inspect/panel` exports.

export { tagName } from './tag-name.ts';
