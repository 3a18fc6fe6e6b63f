import assert from 'node:assert/strict';
import test from 'node:test';
import { servedRoutes } from './call-table.ts';
import { describeApi } from './schema.ts';

interface Description {
  readonly apiVersion: string;
  readonly resourcePath: string;
  readonly basePath: string;
  readonly apis: readonly {
    readonly path: string;
    readonly operations: readonly {
      readonly httpMethod: string;
      readonly noAuthentication: boolean;
      readonly responseType: string;
      readonly parameters: readonly {
        readonly name: string;
        readonly dataType: string;
        readonly paramType: string;
      }[];
    }[];
  }[];
  readonly models: Readonly<Record<string, { readonly properties?: Record<string, { type: string }> }>>;
}

const describe = (name: string) => describeApi(`/${name}.json`, 'https://sms.example') as Description;
const parts = ['sms', 'auth', 'order', 'me'];

test('the description has exactly the served calls', () => {
  const described = parts.flatMap((name) =>
    describe(name).apis.flatMap(({ path, operations }) =>
      operations.map(({ httpMethod }) => `${httpMethod} ${path}`),
    ),
  );
  assert.deepEqual(
    described.toSorted(),
    servedRoutes.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

test('every model and enum that is named is there', () => {
  const scalar =
    /^(void|string|text|password|long|double|boolean|datetime|date|uuid|ip|ipBlock|T|(p|internationalP)honeNumber|map\[string\].*)$/;
  for (const name of parts) {
    const { apis, models } = describe(name);
    const named = [
      ...apis.flatMap(({ operations }) =>
        operations.flatMap(({ responseType, parameters }) => [
          responseType,
          ...parameters.map(({ dataType }) => dataType),
        ]),
      ),
      ...Object.values(models).flatMap(({ properties = {} }) =>
        Object.values(properties).map(({ type }) => type),
      ),
    ].map((type) => type.replace(/(\[\])+$/, ''));
    const missing = named.filter((type) => !scalar.test(type) && !Object.hasOwn(models, type));
    assert.deepEqual([...new Set(missing)], [], name);
  }
});

test('the description has the base address, and the calls that need no key', () => {
  const { basePath, resourcePath, apis } = describe('auth');
  assert.deepEqual([basePath, resourcePath], ['https://sms.example/1.0', '/auth']);
  const open = apis.flatMap(({ path, operations }) =>
    operations
      .filter(({ noAuthentication }) => noAuthentication)
      .map(({ httpMethod }) => `${httpMethod} ${path}`),
  );
  assert.deepEqual(open, ['POST /auth/credential', 'GET /auth/time']);
});

test('other files are not described', () => {
  for (const path of ['/domain.json', '/sms.json/', '/sms', '/__proto__.json'])
    assert.equal(describeApi(path, 'https://sms.example'), null);
});
