// Runs the walls (import-rules.ts) over a source tree. For scripts/check.ts and test/tidy.test.ts.
// Must never be trusted without the count of modules: a cruiser that cannot read TypeScript reads nothing and is content.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import { wallRules } from '../import-rules.ts';

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
    violations: result.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      severity: violation.rule.severity,
      from: violation.from,
      to: describeTarget(violation),
      comment: comments.get(violation.rule.name) ?? '',
    })),
  };
}
