/* global console, process */
const rxjs = require('rxjs');
const rxsluice = require('rxsluice');
const node = require('rxsluice/node');
const testing = require('rxsluice/testing');

import('./node-entry.mjs')
  .then(({ nodeEntry }) => nodeEntry(rxsluice, node))
  .then(() => import('./program.mjs'))
  .then(({ program }) => program(rxsluice, testing, rxjs))
  .then((told) => console.log(`${process.version}: ${told}`));
