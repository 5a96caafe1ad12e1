import * as rxjs from 'rxjs';
import * as rxsluice from 'rxsluice';
import * as testing from 'rxsluice/testing';
import { program } from './program.mjs';

program(rxsluice, testing, rxjs).then(
  (told) => (globalThis.document.title = told),
  (error) => (globalThis.document.title = String(error.stack)),
);
