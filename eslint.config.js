import js from '@eslint/js';
import rxjs from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

// Node's own globals, for the scripts; TypeScript knows them by itself.
const node = Object.fromEntries(
  [
    'process',
    'console',
    'performance',
    'setTimeout',
    'setImmediate',
    'queueMicrotask',
    'URL',
    'AbortController',
    'Buffer',
  ].map((name) => [name, 'readonly']),
);

// What pages and their threads have besides.
const web = Object.fromEntries(
  [
    'Blob',
    'BroadcastChannel',
    'DOMException',
    'OffscreenCanvas',
    'ReadableStream',
    'Response',
    'SharedWorker',
    'Worker',
    'setInterval',
  ].map((name) => [name, 'readonly']),
);

export default defineConfig([
  // The site's own components, and what its blocks take for granted: npm run docs.
  globalIgnores(['docs/.site/', 'docs/.vitepress/', 'docs/playground/', 'docs/preludes/']),
  // These applications are checked by compilers of their own, with what only they install: npm run nestjs, npm run angular.
  globalIgnores([
    'dist/',
    'coverage/',
    'bench/node_modules/',
    'test/fixtures/',
    'examples/nestjs/',
    'examples/angular/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { ...node, fetch: 'readonly' } },
  },
  {
    files: ['test/browser/*.mjs'],
    languageOptions: { globals: web },
  },
  {
    files: ['**/*.ts'],
    extends: [ts.configs.strictTypeChecked, rxjs.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],

      // A coroutine that never waits is still a coroutine.
      'require-yield': 'off',
      // `Coroutine<void> | void` is what a body may return.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Two overloads that each say one thing read better than a union of everything.
      '@typescript-eslint/unified-signatures': 'off',
      // A parameter that only an override uses.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // What a user's callback threw, or gave as the reason of a cancel, is passed on as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowThrowingAny: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      // RxJS calls deprecated what is not for its users to construct. We fail with its errors and extend its classes.
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', package: 'rxjs', name: ['Subscriber', 'TimeoutError', 'EmptyError'] }] },
      ],

      // Of rxjs-x, the recommended rules. Not `no-subclass`: an operation is an Observable. Not `no-floating-observables`:
      // it takes a task, which is hot, for an operation, which is cold. Not `no-ignored-default-value`: it holds of sources
      // that may be empty, and an operation never is.
    },
  },
  {
    // An operator is made by subscribing inside of a subscription.
    files: ['src/**/*.ts'],
    rules: {
      // A policy that is added has to be named everywhere.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'rxjs-x/no-nested-subscribe': 'off',
      // Arguments are checked for those who call without types, and a call changes state behind the compiler's back.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Types that are only matched, never used: `Operation<any>`. The `no-unsafe` rules see to it that they are not.
      '@typescript-eslint/no-explicit-any': 'off',
      // `arguments.length` tells `close()` from `close(undefined)`, and unlike a rest parameter allocates nothing.
      'prefer-rest-params': 'off',
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', 'global', 'require', '__dirname', '__filename'].map((name) => ({
          name,
          message: 'The library runs in browsers too.',
        })),
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'marbles/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // `expect.any(Error)` and its kin are `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },
]);
