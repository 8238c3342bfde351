// The wire's version. Bump it when a message changes its meaning; adding a field does not.
export const contractVersion = 1;
