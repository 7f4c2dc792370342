export interface Parcel {
  readonly country: string;
  readonly weight: number;
  readonly express: boolean;
  readonly fragile: boolean;
  readonly island: boolean;
}

export function shippingPrice(parcel: Parcel): number {
  if (parcel.country === "de") {
    if (parcel.express) {
      if (parcel.weight < 1) return parcel.fragile ? 900 : 700;
      if (parcel.weight < 5) return parcel.fragile ? 1200 : 1000;
      return parcel.island ? 2400 : 1900;
    }
    if (parcel.weight < 1) return parcel.island ? 500 : 300;
    if (parcel.weight < 5) return parcel.island ? 800 : 600;
    return parcel.fragile ? 1500 : 1100;
  }
  if (parcel.country === "at" || parcel.country === "ch") {
    if (parcel.express) {
      if (parcel.weight < 1) return parcel.fragile ? 1900 : 1700;
      return parcel.weight < 5 ? 2500 : 3200;
    }
    if (parcel.weight < 1) return parcel.fragile ? 1100 : 900;
    return parcel.weight < 5 ? 1500 : 2100;
  }
  if (parcel.country === "fr" || parcel.country === "it" || parcel.country === "es") {
    if (parcel.island) return parcel.express ? 5200 : 3900;
    return parcel.weight < 5 ? 1900 : 2600;
  }
  return parcel.express ? 6900 : 4900;
}
