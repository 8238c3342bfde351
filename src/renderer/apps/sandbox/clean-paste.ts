// What a paste may bring into a terminal: text. Signs that steer a terminal would let a copied text
// end its own bracket and run as if it had been typed. Pure.

const steering = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export const cleanPaste = (text: string): string => text.replace(steering, "");
