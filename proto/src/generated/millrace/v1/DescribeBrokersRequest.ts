// Original file: millrace/v1/admin.proto


export interface DescribeBrokersRequest {
}

export interface DescribeBrokersRequest__Output {
}
