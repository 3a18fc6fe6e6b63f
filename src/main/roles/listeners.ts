// The role `listeners`: accepts connections of customers by HTTP, HTTPS and SMTP, and receipts and replies of carriers by HTTP.
// Records the latter itself if this process does not dispatch.
import { type CarrierRecorders, createCarrierRecorders } from '../carrier-recorders.ts';
import { openCustomerListeners } from '../listeners.ts';
import type { Role } from '../role.ts';

export const listeners: Role = {
  name: 'listeners',
  create(context) {
    let recorders: CarrierRecorders | null = null;
    // With the first callback: recorders have connections of their own, and most processes have no HTTP carrier.
    const opened = openCustomerListeners(context, () => {
      if (!context.ports.carrierReceipts.isConnected) recorders = createCarrierRecorders(context);
    });
    return {
      open: () => opened.open(),
      urls: () => opened.urls(),
      close: () => opened.stop(),
      async finish() {
        await recorders?.receipts.stop();
        await recorders?.replies.stop();
      },
    };
  },
};
