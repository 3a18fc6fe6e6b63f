// Applies the import rules (import-rules.ts) to a source tree. Used by scripts/check.ts and test/tidy.test.ts.
// Callers check the list of files too: a checker that cannot read TypeScript reads no file and reports no violation.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IModule, type IViolation } from 'dependency-cruiser';
import { anyOf, consoleImports, folders, importRules, places, pureExceptions } from '../import-rules.ts';

export interface ImportReport {
  /** Our files that were read. */
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
  ...Object.entries(folders).flatMap(([folder, below]) =>
    below.map((target) => ({ from: anyOf([folder]), to: anyOf([target]), name: `${folder} → ${target}` })),
  ),
  ...places.flatMap(({ what, path, allowed }) =>
    allowed.map((place) => ({ from: anyOf([place]), to: path, name: `${place} → ${what}` })),
  ),
  ...pureExceptions.map(({ file, mayImport }) => ({
    from: anyOf([file]),
    to: mayImport,
    name: `${file} → ${mayImport}`,
  })),
  ...consoleImports.map((target) => ({
    from: '^console/',
    to: anyOf([target]),
    name: `console → ${target}`,
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

export async function checkImports(root: string, checked: readonly string[]): Promise<ImportReport> {
  const { output } = await cruise(
    checked.filter((folder) => existsSync(join(root, folder))),
    {
      baseDir: root,
      // TypeScript 7 has no interface that the cruiser can read through; without swc it would read no file at all.
      parser: 'swc',
      // Imports of types count.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      validate: true,
      ruleSet: { forbidden: [...importRules] },
    },
    {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import'],
    },
  );
  const result = output as ICruiseResult;
  const comments = new Map(importRules.map((rule) => [rule.name, rule.comment]));
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
        comment:
          'No file uses this allowance. Remove it from import-rules.ts, and from the table in docs/architecture.md.',
      })),
    ],
  };
}
