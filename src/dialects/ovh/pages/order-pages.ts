// The pages of an order: its form, to print and pay, and the terms of sale. Used by http-family.ts. The address of a form is its
// only protection, so it has as much randomness as a key, and caches must not store the page.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Html, html } from '#dialects/shared/markup.ts';
import type { Services } from '#operations/services.ts';
import { type OrderTexts, renderOrderForm } from './order-form.ts';
import { renderPage } from './order-page.ts';

export function orderAddress(baseUrl: string, token: string): string {
  return `${baseUrl}/orders/${token}`;
}

export function termsAddress(baseUrl: string): string {
  return `${baseUrl}/orders/terms`;
}

export interface OrderPageServices extends Pick<Services, 'orders'>, OrderTexts {}

/** A fastify plugin. */
export async function orderPages(app: FastifyInstance, services: OrderPageServices): Promise<void> {
  app.get('/orders/terms', async (_request, reply) => send(reply, renderTerms(services)));
  app.get<{ Params: { token: string } }>('/orders/:token', async ({ params }, reply) => {
    const found = await services.orders.read(params.token);
    if (found !== null) return send(reply, renderOrderForm(found, services));
    return send(reply.code(404), renderPage('No such order', html`<h1>This order does not exist</h1>`));
  });
}

function renderTerms({ terms, seller }: OrderTexts): Html {
  return renderPage(
    'Terms of sale',
    html`<h1>Terms of sale</h1><p class="quiet">${seller[0] ?? ''}</p><div class="text">${terms}</div>`,
  );
}

function send(reply: FastifyReply, page: Html): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
    .send(page.text);
}
