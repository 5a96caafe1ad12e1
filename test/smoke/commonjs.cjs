/* global console, process */
const rxjs = require('rxjs');
const rxsluice = require('rxsluice');
const testing = require('rxsluice/testing');

import('./program.mjs')
  .then(({ program }) => program(rxsluice, testing, rxjs))
  .then((told) => console.log(`${process.version}: ${told}`));
