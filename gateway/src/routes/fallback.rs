//! What no route answers.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use kernel::Code;

use crate::contract::Documents;
use crate::http::ApiError;

/// 405 when the path has other methods, else 404.
pub(crate) async fn not_found(request: HttpRequest, documents: web::Data<Documents>) -> HttpResponse {
    let path = request.path();
    let methods = documents.calls().methods(path);
    if methods.is_empty() {
        let words = format!("there is no {path}; /api/openapi.json lists what there is");
        return ApiError::new(Code::ResourceNotFound, words).error_response();
    }
    wrong_method(&request, &methods.join(", "))
}

/// 405 for a path that has these methods.
pub(crate) fn wrong_method(request: &HttpRequest, allowed: &str) -> HttpResponse {
    let (method, path) = (request.method(), request.path());
    let words = format!("{path} has no {method}; it has {allowed}");
    let mut response = ApiError::new(Code::MethodNotAllowed, words).error_response();
    if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
