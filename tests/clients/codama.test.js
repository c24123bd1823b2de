// Codama, which other client generators stand on: it reads the descriptions that our macros write, makes clients of them for
// @solana/kit, and these keep TypeScript's strict rules.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rootNodeFromAnchor } from '@codama/nodes-from-anchor';
import { renderVisitor } from '@codama/renderers-js';
import { visit } from '@codama/visitors-core';
import ts from 'typescript';
import { named } from './common.js';

const folder = dirname(fileURLToPath(import.meta.url));
// Beside `node_modules`, so that what is made finds the packages that it imports.
const room = join(folder, 'node_modules', '.made-by-codama');

/** Every file of a folder and those within. */
function files(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

for (const path of readdirSync(named('SEALANE_IDLS')).map((name) => join(named('SEALANE_IDLS'), name))) {
  const idl = JSON.parse(readFileSync(path, 'utf8'));
  const { name } = idl.metadata;

  test(`a client of ${name} is made, and its types are right`, async () => {
    const root = rootNodeFromAnchor(idl);
    assert.deepEqual(root.program.errors.map(({ code }) => code), (idl.errors ?? []).map(({ code }) => code));
    const package_ = join(room, name);
    rmSync(package_, { recursive: true, force: true });
    mkdirSync(package_, { recursive: true });
    await visit(root, renderVisitor(package_, { formatCode: false }));
    const made = files(package_);
    for (const instruction of root.program.instructions) {
      const file = made.find((file) => file.endsWith(`instructions/${instruction.name}.ts`));
      assert.ok(file, `there is no file for ${instruction.name}`);
    }
    const options = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
      // What is made is for the kit that the renderer knows.
      paths: {
        '@solana/kit': [join(folder, 'node_modules/kit-of-codama')],
        '@solana/*': [join(folder, 'node_modules/kit-of-codama/node_modules/@solana/*')],
      },
    };
    const found = ts.getPreEmitDiagnostics(ts.createProgram(made, options));
    const text = ts.formatDiagnostics(found, {
      getCanonicalFileName: (file) => file,
      getCurrentDirectory: () => package_,
      getNewLine: () => '\n',
    });
    assert.equal(text, '');
  });
}
