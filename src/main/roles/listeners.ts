// The role `listeners`: accepts connections of customers by HTTP, HTTPS and SMTP.
import { openCustomerListeners } from '../listeners.ts';
import type { Role } from '../role.ts';

export const listeners: Role = {
  name: 'listeners',
  create(context) {
    const opened = openCustomerListeners(context);
    return {
      open: () => opened.open(),
      urls: () => opened.urls(),
      close: () => opened.stop(),
    };
  },
};
