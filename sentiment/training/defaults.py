"""Which of the project's own topics mean one of the default ones, whose descriptions nothing was trained on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Means:
    """What a default topic takes in."""

    yes: frozenset[str]
    """Own topics, of any trade, that it surely takes in."""
    perhaps: frozenset[str]
    """Those that people would argue about: they count neither way."""


def _means(yes: str, perhaps: str = "") -> Means:
    return Means(frozenset(yes.split()), frozenset(perhaps.split()))


DEFAULTS = {
    "delivery": _means(
        "late_delivery late_parcel not_delivered wrong_item delivery home_delivery delivery_time delivery_delay delivery_slot"
        " slot_late wrong_order missing_sub missing_items missing_substituted wrong_missing_dish",
        "tracking parcel_locker courier courier_behaviour substitutions substitution damaged damaged_parcel safe_place driver"
        " missed_card collection_point rider card_delivery stock_cancelled order_cancelled wait_time wait no_show_cancel"
        " cancelled_order delays stock",
    ),
    "billing": _means(
        "billing bill_shock extra_charges subscription_charge auto_renew unwanted_services balance_deduction bill_charges"
        " direct_debit billing_price unasked hidden_charges",
        "fees charges_fees fare bill_price price_mismatch shelf_price price_labels price_promo price_games recharge_failed"
        " smart_meter cancellation_fees exit_fee failed_transfer upi_pending transfers transfer cards_payments customs_fees"
        " refunds_fares bill_value price debt_collection vouchers_prices payout_amount atm atm_cash cash_machine loan loan_emi"
        " parts_price repair_cost cancel_subscription cancel_hard fraud fraud_handling balance fake_discount",
    ),
    "price": _means(
        "prices price_rise price_hike price_up pricing expensive portion_price price_sending tariffs premium",
        "price bill_price bill_value fare fees extra_charges charges_fees hidden_charges repair_cost parts_price portion"
        " price_promo price_games price_mismatch price_labels shelf_price fake_discount plan_price packages price_discount"
        " customs_fees billing billing_price bill_charges savings_rates cancellation_fees exit_fee roaming vouchers_prices"
        " bill_shock loan parking parking_access payout_amount auto_renew subscription_charge loyalty",
    ),
    "product_fault": _means(
        "product_quality defect fake_quality quality_fake freshness expired expiry_date damaged faulty_car food_quality",
        "damaged_parcel counterfeit cold_food taste food_taste repair_quality battery wrong_item hygiene not_as_described"
        " battery_speed battery_data food water_quality noise_performance equipment not_delivered breakfast tv_box software"
        " car_condition care_quality crashes crash sound_picture smart_meter substitutions room_comfort bugs instructions",
    ),
    "support_wait": _means(
        "support_wait phone_queue helpline helpline_wait hotline_wait support_reach support_silent support_silence no_answer"
        " phone_line phone_wait phone_bot support_bot phone_service",
        "customer_support customer_service support appointments communication claim_delay refund refund_delay refunds queues"
        " branch_queue account_ban account_block account_freeze_kyc kyc sim_kyc fraud fraud_handling fraud_scam repair_time"
        " technician engineer_visits broadband_install installation outage returns returns_refund driver results trade_in"
        " false_promise card_blocked lost_property left_items",
    ),
    "staff": _means(
        "staff agent_conduct agent_attitude staff_attitude staff_manners crew waiter driver_behaviour courier_behaviour"
        " shop_staff branch_staff store_staff franchise_staff",
        "courier driver rider reception branch table_service slow_service sales_pressure customer_service customer_support"
        " support technician engineer_visits shop_advice check_in care_quality debt_collection branch_queue unsafe_driving"
        " phone_service no_answer false_promise appointments classes loan sales_calls returns complaints communication wait"
        " table_wait branches_atms",
    ),
    "refund": _means(
        "refund refunds refund_delay returns returns_refund return_pickup",
        "refunds_fares cancellations cancelled_order order_cancelled damaged_parcel warranty wrong_item claim_rejected"
        " booking_cancel booking subscription_charge failed_transfer upi_pending fraud cancel_hard recharge_failed atm atm_cash"
        " fraud_handling fraud_scam cash_machine stock_cancelled substitution wrong_order no_show_cancel auto_renew transfers"
        " cancellation cancellation_fees not_delivered missing_items balance_deduction billing fees fare counterfeit damaged"
        " quality_fake fake_quality deposits tickets",
    ),
    "app": _means(
        "crashes crash app_login login login_account login_otp checkout_site checkout checkout_bug website_checkout app_bugs"
        " website_app online_portal",
        "app_entry redesign sync_data sync_data_loss sync_loss data_loss update ads battery_speed battery_data notifications"
        " software ticket_machines missing_feature content content_catalogue catalogue self_checkout loyalty_app loyalty"
        " smart_meter card_blocked booking transfer transfers upi_pending account_opening outage tracking recharge_failed"
        " parcel_locker tickets",
    ),
    "outage": _means(
        "outage internet_outage",
        "coverage slow_internet internet_speed broadband_speed data_speed crashes crash app_login login_account login tv_box"
        " failed_transfer atm upi_pending water_quality closures installation app_bugs",
    ),
    "cancellation": _means(
        "contract_cancel contract_exit cancel_membership cancel_hard cancel_subscription",
        "cancellation cancellations exit_fee cancellation_fees auto_renew subscription_charge cancelled_order order_cancelled"
        " booking_cancel porting sim_porting number_porting unwanted_services no_show_cancel switching booking account_opening"
        " unasked refund refunds balance_deduction stock_cancelled insurance missed_card left_items",
    ),
    "safety": _means(
        "unsafe_driving crowd_safety",
        "allergens hygiene expired expiry_date food_quality defect faulty_car fraud fraud_scam leaks_repairs water_quality"
        " car_condition veg_nonveg driver_behaviour equipment rider courier driver care_quality premises pool freshness crew"
        " repair_quality mot_service prescriptions battery parking_access changing_rooms cleanliness",
    ),
    "privacy": _means(
        "privacy",
        "spam sales_calls fraud fraud_handling fraud_scam debt_collection documents results safe_place kyc sim_kyc"
        " unwanted_services ads unasked account_freeze_kyc",
    ),
}  # fmt: skip
"""Default topic (config/topics.toml) -> own topics."""
