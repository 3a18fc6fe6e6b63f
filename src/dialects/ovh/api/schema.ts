// Writes the description of the served calls, /1.0/sms.json and others, in the form that OVH's wrappers and their generators read
// (docs/dialects/ovh.md#what-is-served). Used by routes.ts.
import { servedRoutes } from './call-table.ts';
import { contract, type EnumValue, type Model, modelOf, type Parameter, type Route } from './contract.ts';

/** The description of one part of the API; null if the path names none. `path` is below the version. */
export function describeApi(path: string, baseUrl: string): unknown {
  const name = /^\/(sms|auth|order|me)\.json$/.exec(path)?.[1];
  if (name === undefined) return null;
  const routes = servedRoutes.filter(
    (route) => route.path === `/${name}` || route.path.startsWith(`/${name}/`),
  );
  return {
    apiVersion: '1.0',
    resourcePath: `/${name}`,
    basePath: `${baseUrl}/1.0`,
    apis: [...Map.groupBy(routes, (route) => route.path)].map(([routePath, operations]) => ({
      path: routePath,
      description: operations[0]!.meaning,
      operations: operations.map(describeOperation),
    })),
    models: modelsOf(routes, name),
  };
}

function describeOperation(route: Route) {
  const body = route.bodyModel === undefined ? [] : [bodyOf(route)];
  return {
    httpMethod: route.method,
    description: route.meaning,
    apiStatus: { value: 'PRODUCTION', description: 'Stable production version' },
    noAuthentication: !route.signed,
    responseType: route.returns,
    parameters: [...route.params.map(describeParameter), ...body],
  };
}

function describeParameter({ name, in: where, type, required }: Parameter) {
  return { name, dataType: type, fullType: type, paramType: where, required, description: '' };
}

function bodyOf({ bodyModel, bodyRequired = [] }: Route) {
  return {
    name: '',
    dataType: bodyModel,
    fullType: bodyModel,
    paramType: 'body',
    required: bodyRequired.length > 0,
    description: '',
  };
}

/** The models and enums that these routes use, directly and indirectly. */
function modelsOf(routes: readonly Route[], part: string): Record<string, unknown> {
  const models: Record<string, unknown> = {};
  const waiting = routes.flatMap(({ returns, bodyModel, params }) => [
    returns,
    ...(bodyModel === undefined ? [] : [bodyModel]),
    ...params.map(({ type }) => type),
  ]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = next.replace(/(\[\])+$/, '');
    if (Object.hasOwn(models, name)) continue;
    const values = contract.enums[name];
    const model = modelOf(name, part);
    if (values !== undefined) models[name] = { ...idOf(name), enumType: enumTypeOf(values), enum: values };
    if (model === undefined) continue;
    models[name] = { ...idOf(name), properties: propertiesOf(model) };
    waiting.push(...Object.values(model).map(({ type }) => type));
  }
  return models;
}

function enumTypeOf(values: readonly EnumValue[]): string {
  return typeof values[0] === 'number' ? 'long' : 'string';
}

function idOf(name: string) {
  const cut = name.lastIndexOf('.');
  return { id: name.slice(cut + 1), namespace: cut === -1 ? '' : name.slice(0, cut), description: '' };
}

function propertiesOf(model: Model) {
  return Object.fromEntries(
    Object.entries(model).map(([name, { type, nullable, readOnly }]) => [
      name,
      { type, fullType: type, canBeNull: nullable, readOnly, description: '' },
    ]),
  );
}
