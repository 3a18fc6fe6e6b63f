// Applies the import rules (import-rules.ts) to a source tree. Used by scripts/check.ts and test/tidy.test.ts.
// Callers check the list of files too: a checker that cannot read TypeScript reads no file and reports no violation.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import { importRules } from '../import-rules.ts';

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

export async function checkImports(root: string, folders: readonly string[]): Promise<ImportReport> {
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
      ruleSet: { forbidden: [...importRules] },
    },
    {
      extensions: ['.ts', '.mjs', '.js', '.json'],
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
    violations: result.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      severity: violation.rule.severity,
      from: violation.from,
      to: describeTarget(violation),
      comment: comments.get(violation.rule.name) ?? '',
    })),
  };
}
