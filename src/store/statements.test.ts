// Prepares every declared statement on a real server and compares the types of its parameters and result columns with
// the declaration. A statement that does not parse, a wrong type and an undeclared column fail here.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { openDatabase } from '#store/database/database.ts';
import { registeredStatements } from '#store/database/statement.ts';
import { openTestDatabase } from '../../test/support/postgres.ts';

const folder = import.meta.dirname;

test('the types of every statement are those that the server derives', async () => {
  for (const file of globSync('**/*.ts', { cwd: folder }))
    if (!file.endsWith('.test.ts')) await import(join(folder, file));
  const statements = registeredStatements();
  assert.ok(statements.length > 0);
  const testDatabase = await openTestDatabase();
  const database = openDatabase(testDatabase.connection, silentLog, 1);
  try {
    const differences: string[] = [];
    for (const { name, text, parameterTypes, row } of statements) {
      try {
        await database.query(`prepare ${name} as ${text}`);
      } catch (error) {
        differences.push(`${name}: ${(error as Error).message}`);
        continue;
      }
      const [prepared] = await database.query<{ parameters: string[]; results: string[] | null }>(
        `select parameter_types::text[] as parameters, result_types::text[] as results
         from pg_prepared_statements where name = '${name}'`,
      );
      const declared = Object.values(row as Record<string, { result: string }>).map(({ result }) => result);
      if (prepared!.parameters.join() !== parameterTypes.join())
        differences.push(`${name}: parameters ${prepared!.parameters} declared as ${parameterTypes}`);
      if ((prepared!.results ?? []).join() !== declared.join())
        differences.push(`${name}: results ${prepared!.results} declared as ${declared}`);
    }
    assert.deepEqual(differences, []);
  } finally {
    await database.close();
    await testDatabase.drop();
  }
});
