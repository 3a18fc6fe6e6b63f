// The services of the operator, built from one context: a part of services.ts. The command line builds single ones.
import type { Seal } from '#lib/security/sealing.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { issueInvoice } from './money/invoices/issue.ts';
import { createOperatorInvoices, type OperatorInvoices } from './money/invoices/operator-service.ts';
import { createOperatorAccounts, type OperatorAccounts } from './operator/accounts/service.ts';
import { type AuditTrail, createAuditTrail } from './operator/audit.ts';
import { createOperatorCampaigns, type OperatorCampaigns } from './operator/campaigns.ts';
import { type CarrierLinks, type Carriers, createCarriers } from './operator/carriers/service.ts';
import { createDeliveries, type Deliveries } from './operator/deliveries.ts';
import { createInstallation, type Installation } from './operator/installation.ts';
import { createLedger, type Ledger } from './operator/ledger.ts';
import { createOperatorOrders, type OperatorOrders } from './operator/orders.ts';
import { createOverview, type Overview } from './operator/overview.ts';
import { createPersonalDataService, type PersonalDataService } from './operator/personal-data.ts';
import { createRates, type Rates } from './operator/rates/service.ts';
import { createReplyNumbers, type ReplyNumbers } from './operator/reply-numbers.ts';
import { createReports, type Reports } from './operator/reports.ts';
import { createReviews, type Reviews } from './operator/reviews.ts';

export interface OperatorServices {
  readonly accounts: OperatorAccounts;
  readonly audit: AuditTrail;
  readonly campaigns: OperatorCampaigns;
  readonly carriers: Carriers;
  readonly deliveries: Deliveries;
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly invoices: OperatorInvoices;
  readonly orders: OperatorOrders;
  readonly overview: Overview;
  readonly personalData: PersonalDataService;
  readonly rates: Rates;
  readonly replyNumbers: ReplyNumbers;
  readonly reports: Reports;
  readonly reviews: Reviews;
}

export interface OperatorNeeds {
  readonly seal: Seal;
  readonly links: CarrierLinks;
}

export function createOperatorServices(
  context: ProcessContext,
  { seal, links }: OperatorNeeds,
): OperatorServices {
  const sealing = { ...context, seal };
  return {
    accounts: createOperatorAccounts(sealing),
    audit: createAuditTrail(context),
    campaigns: createOperatorCampaigns(context),
    carriers: createCarriers({ ...sealing, links }),
    deliveries: createDeliveries(context),
    installation: createInstallation(context),
    ledger: createLedger(context),
    invoices: createOperatorInvoices(context),
    orders: createOperatorOrders(context, { issueInvoice }),
    overview: createOverview(context),
    personalData: createPersonalDataService(sealing),
    rates: createRates(context),
    replyNumbers: createReplyNumbers(context),
    reports: createReports(context),
    reviews: createReviews(context),
  };
}
