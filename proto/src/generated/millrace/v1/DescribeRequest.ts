// Original file: millrace/v1/cluster.proto


export interface DescribeRequest {
}

export interface DescribeRequest__Output {
}
