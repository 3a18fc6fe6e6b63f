// Runs the walls (import-rules.ts) over a source tree. For scripts/check.ts and test/tidy.test.ts.
// Must never be trusted without the count of modules: a cruiser that cannot read TypeScript reads nothing and is content.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IModule, type IViolation } from 'dependency-cruiser';
import { anyOf, homes, pureExceptions, rooms, wallRules } from '../import-rules.ts';

export interface WallsReport {
  /** The files of ours that were read. */
  readonly files: readonly string[];
  readonly violations: readonly {
    rule: string;
    severity: string;
    from: string;
    to: string;
    comment: string;
  }[];
}

function describeTarget(violation: IViolation): string {
  const circle = violation.cycle?.map((step) => step.name).join(' → ');
  return circle ?? violation.to;
}

/** An allowance of import-rules.ts: files that match `from` may import what matches `to`. */
interface Allowance {
  readonly from: string;
  readonly to: string;
  /** `folder → what it may import`, for the report. */
  readonly name: string;
}

const allowances: readonly Allowance[] = [
  ...Object.entries(rooms).flatMap(([room, below]) =>
    below.map((target) => ({ from: anyOf([room]), to: anyOf([target]), name: `${room} → ${target}` })),
  ),
  ...homes.flatMap(({ what, path, homes: places }) =>
    places.map((place) => ({ from: anyOf([place]), to: path, name: `${place} → ${what}` })),
  ),
  ...pureExceptions.map(({ file, mayImport }) => ({
    from: anyOf([file]),
    to: mayImport,
    name: `${file} → ${mayImport}`,
  })),
];

/** Allowances that no file uses, tests excepted: an import that they permit would go unnoticed. */
function unusedAllowances(modules: readonly IModule[]): string[] {
  const imports = modules
    .filter(({ source }) => !source.endsWith('.test.ts'))
    .map(({ source, dependencies }) => ({ source, targets: dependencies.map(({ resolved }) => resolved) }));
  const isUsed = ({ from, to }: Allowance) => {
    const [file, target] = [new RegExp(from), new RegExp(to)];
    return imports.some(
      ({ source, targets }) => file.test(source) && targets.some((path) => target.test(path)),
    );
  };
  return allowances.filter((allowance) => !isUsed(allowance)).map(({ name }) => name);
}

export async function checkWalls(root: string, folders: readonly string[]): Promise<WallsReport> {
  const rules = wallRules(existsSync(join(root, 'src/cli/cli.ts')));
  const { output } = await cruise(
    folders.filter((folder) => existsSync(join(root, folder))),
    {
      baseDir: root,
      // TypeScript 7 has no interface that the cruiser can read through; without swc it would read no file at all.
      parser: 'swc',
      // Imports of types count.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      validate: true,
      ruleSet: { forbidden: rules },
    },
    {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import'],
    },
  );
  const result = output as ICruiseResult;
  const comments = new Map(rules.map((rule) => [rule.name, rule.comment]));
  return {
    files: result.modules
      .map((module) => module.source)
      .filter((source) => existsSync(join(root, source)) && !source.includes('node_modules/')),
    violations: [
      ...result.summary.violations.map((violation) => ({
        rule: violation.rule.name,
        severity: violation.rule.severity,
        from: violation.from,
        to: describeTarget(violation),
        comment: comments.get(violation.rule.name) ?? '',
      })),
      ...unusedAllowances(result.modules).map((name) => ({
        rule: 'unused-allowance',
        severity: 'error',
        from: 'import-rules.ts',
        to: name,
        comment: 'No file uses this allowance. Remove it from import-rules.ts, and from the table in docs/architecture.md.',
      })),
    ],
  };
}
