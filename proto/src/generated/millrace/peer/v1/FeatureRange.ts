// Original file: millrace/peer/v1/controller.proto


export interface FeatureRange {
  'min'?: (number);
  'max'?: (number);
}

export interface FeatureRange__Output {
  'min': (number);
  'max': (number);
}
