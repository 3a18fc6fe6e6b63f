// Writes docs/reference/schema.md: every table with its comment, columns, indexes, constraints and the store files that
// read or write it. The catalogue of a migrated database is the source; the meaning of a column is the comment above it in
// src/store/migrations. Run with --write to write the page; a test compares the page with what this would write.
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../src/lib/observability/log.ts';
import { openDatabase, type Query } from '../src/store/database/database.ts';
import { openTestDatabase } from '../test/support/postgres.ts';

const root = join(import.meta.dirname, '..');
const migrationsFolder = join(root, 'src/store/migrations');
export const schemaPage = join(root, 'docs/reference/schema.md');

interface Table {
  readonly name: string;
  readonly comment: string;
  readonly partitionKey: string | null;
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly value: string | null;
}

/** An index or a constraint. */
interface Definition {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

interface Catalogue {
  readonly tables: readonly Table[];
  readonly columns: readonly Column[];
  readonly definitions: readonly Definition[];
}

const inPublic = "n.nspname = 'public' and c.relname <> 'schema_migrations'";

async function readCatalogue(query: Query): Promise<Catalogue> {
  const tables = await query<Table>(
    `select c.relname as name, coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
       pg_get_partkeydef(c.oid) as "partitionKey"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${inPublic} and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const columns = await query<Column>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       a.attnotnull as "isRequired",
       case when a.attidentity <> '' then 'identity'
         when a.attgenerated <> '' then 'generated' else pg_get_expr(d.adbin, d.adrelid) end as value
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where ${inPublic} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by 1, a.attnum`,
  );
  const indexes = await query<Definition>(
    `select c.relname as table, i.relname as name, pg_get_indexdef(i.oid) as definition
     from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
     join pg_namespace n on n.oid = c.relnamespace
     where ${inPublic} and not x.indisprimary and c.relkind in ('r', 'p') order by 1, 2`,
  );
  const constraints = await query<Definition>(
    `select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where ${inPublic} and k.contype in ('p', 'c', 'f') order by 1, k.contype = 'p' desc, 2`,
  );
  return { tables, columns, definitions: [...constraints, ...indexes] };
}

/** Comments above columns, by `table.column`; and the migration of each table. */
function readMigrations(): { notes: Map<string, string>; fileOf: Map<string, string> } {
  const notes = new Map<string, string>();
  const fileOf = new Map<string, string>();
  for (const file of readdirSync(migrationsFolder).sort()) {
    let table = '';
    let note: string[] = [];
    for (const line of readFileSync(join(migrationsFolder, file), 'utf8').split('\n')) {
      const created = /^create table (\w+) \(/.exec(line);
      const comment = /^ {2}-- (.*)$/.exec(line);
      const column = /^ {2}(\w+) /.exec(line);
      if (created) {
        table = created[1]!;
        fileOf.set(table, file);
      } else if (comment) note.push(comment[1]!);
      else if (column) {
        if (note.length > 0) notes.set(`${table}.${column[1]}`, note.join(' '));
        note = [];
      }
    }
  }
  return { notes, fileOf };
}

type Use = 'reads' | 'writes';

/** Files whose statements are made for each table of a list. */
const tableLists: ReadonlySet<string> = new Set([
  'src/store/database/job-table.ts',
  'src/store/database/partitions.ts',
]);

/** Store files by table. A file writes a table that it names after `insert into`, `update`, `delete from` or as a job table. */
function readUses(tables: readonly Table[]): Map<string, Map<string, Use>> {
  const uses = new Map(tables.map(({ name }) => [name, new Map<string, Use>()]));
  for (const path of globSync('src/store/**/*.ts', { cwd: root }).sort()) {
    if (path.endsWith('.test.ts')) continue;
    const text = readFileSync(join(root, path), 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
    for (const { name } of tables) {
      const writes = new RegExp(
        `\\b(insert into|update|delete from|merge into)\\s+${name}\\b|table: '${name}'`,
      );
      const reads = new RegExp(
        `\\b(from|join|using)\\s+(only\\s+)?(\\w+(\\s+(as\\s+)?\\w+)?,\\s+)*${name}\\b(?!\\.|:|\\()`,
      );
      // A common table expression or an alias has the name.
      const isOther = new RegExp(
        `\\b${name}(\\([^)]*\\))? as (not materialized |materialized )?\\(|\\bas ${name}\\(`,
      );
      const isListed = tableLists.has(path) && text.includes(`'${name}'`);
      if (writes.test(text) || isListed) uses.get(name)!.set(path, 'writes');
      else if (reads.test(text) && !isOther.test(text)) uses.get(name)!.set(path, 'reads');
    }
  }
  return uses;
}

const shortTypes = new Map([
  ['timestamp with time zone', 'timestamptz'],
  ['double precision', 'float8'],
]);

/** In a table of Markdown a line separates cells. */
const cell = (text: string) => text.replaceAll('|', '\\|');

function describeValue({ isRequired, value }: Column): string {
  if (value !== null) return value.replaceAll(/::[\w ]+(\[\])?/g, '');
  return isRequired ? '' : 'null';
}

function describeDefinition({ name, definition }: Definition): string {
  const unique = /^CREATE UNIQUE INDEX/.test(definition) ? 'unique ' : '';
  const [, indexed = definition] = /^CREATE (?:UNIQUE )?INDEX .* USING (.*)$/s.exec(definition) ?? [];
  return `- \`${name}\`: ${unique}\`${indexed.replace(/^btree /, '')}\``;
}

function describeUses(uses: ReadonlyMap<string, Use>): string {
  const filesOf = (wanted: Use) =>
    [...uses].filter(([, use]) => use === wanted).map(([path]) => `\`${path.slice('src/store/'.length)}\``);
  const lines = [
    ['Written by', filesOf('writes')],
    ['Read by', filesOf('reads')],
  ] as const;
  return lines
    .flatMap(([verb, files]) => (files.length > 0 ? [`${verb} ${files.join(', ')}.`] : []))
    .join(' ');
}

function renderTable(
  { name, comment, partitionKey }: Table,
  { columns, definitions }: Catalogue,
  notes: ReadonlyMap<string, string>,
  uses: ReadonlyMap<string, Use>,
): string {
  const rows = columns
    .filter(({ table }) => table === name)
    .map((column) => {
      const type = shortTypes.get(column.type) ?? column.type;
      const value = describeValue(column);
      const note = notes.get(`${name}.${column.name}`) ?? '';
      return `| \`${column.name}\` | ${type} | ${value === '' ? '' : `\`${cell(value)}\``} | ${cell(note)} |`;
    });
  const own = definitions.filter(({ table }) => table === name).map(describeDefinition);
  const partitions = partitionKey === null ? '' : ` Partitioned by \`${partitionKey}\`.`;
  return `### ${name}

${comment}${partitions}

| column | type | default | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

${own.join('\n')}

${describeUses(uses)}
`;
}

export async function renderSchemaPage(query: Query): Promise<string> {
  const catalogue = await readCatalogue(query);
  const { notes, fileOf } = readMigrations();
  const uses = readUses(catalogue.tables);
  const files = [...new Set(fileOf.values())];
  const tablesOf = (file: string) => catalogue.tables.filter(({ name }) => fileOf.get(name) === file);
  const contents = files.map((file) => {
    const links = tablesOf(file).map(({ name }) => `[\`${name}\`](#${name})`);
    return `| [${file}](../../src/store/migrations/${file}) | ${links.join(', ')} |`;
  });
  const sections = files.map((file) => {
    const tables = tablesOf(file).map((table) => renderTable(table, catalogue, notes, uses.get(table.name)!));
    return `## ${file.replace(/^\d+-|\.sql$/g, '')}\n\n${tables.join('\n')}`;
  });
  return `# Schema

Generated by \`scripts/schema-reference.ts\` from the catalogue, \`src/store/migrations\` and \`src/store\`; do not edit.

Every table of the database. A default of \`null\` marks a column that can be null. Amounts are micros of a euro. Rules for
keys, partitions and jobs are in [architecture](../architecture.md#6-data).

| migration | tables |
| --- | --- |
${contents.join('\n')}

${sections.join('\n')}`;
}

if (process.argv.includes('--write')) {
  const testDatabase = await openTestDatabase();
  const database = openDatabase(testDatabase.connection, silentLog, 1);
  writeFileSync(schemaPage, await renderSchemaPage(database.query));
  await database.close();
  await testDatabase.drop();
}
